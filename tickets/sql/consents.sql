-- name: record_consent
INSERT INTO consent (id, person, phone, purpose, granted, at, channel, proof, by_whom)
VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8);

-- name: consents
SELECT consents($1, $2);
