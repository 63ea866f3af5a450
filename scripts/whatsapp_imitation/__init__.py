"""An imitation of the WhatsApp Cloud API on this machine, with its documented faults: for the demo
and the tests. One types as a trader on its page; nothing leaves the machine."""
