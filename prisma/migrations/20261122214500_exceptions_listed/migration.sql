-- Lists and the overview tell apart who is excepted from a rule. Few are.
CREATE INDEX "identity_excepted_idx" ON "identity" ("org_id", "id") WHERE exclusions <> '[]';
