-- The history of an identity names the bulk changes that it was part of, for good: only what the rows were is forgotten.
CREATE INDEX "bulk_change_row_identity_idx" ON "bulk_change_row" ("org_id", "identity_id");
