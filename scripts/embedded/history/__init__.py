"""Some weeks of a hotline that never was: what the demo's desk opens on.

Everybody in it is called Contoh (Indonesian for *example*) and has a number of a block that nobody
has, and all of it is over: no promise lives that the dialler could carry out.
"""
