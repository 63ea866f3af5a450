ALTER TABLE agent
    -- A phone of their own, or the one in the page: the PBX encrypts each in its way.
    ADD phone text NOT NULL DEFAULT 'sip' CHECK (phone IN ('sip', 'browser')),
    -- The page's phone is lent its key for so long; NULL holds until it is changed.
    ADD key_until timestamptz;
