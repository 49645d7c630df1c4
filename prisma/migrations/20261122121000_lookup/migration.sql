-- Whose key is this? A leaked key is looked up by its fingerprint, in sightings too, or by its last four characters.
CREATE INDEX "credential_last_four_idx" ON "credential" ("org_id", "last_four");
CREATE INDEX "sighting_fingerprint_idx" ON "sighting" ("org_id", "fingerprint");
