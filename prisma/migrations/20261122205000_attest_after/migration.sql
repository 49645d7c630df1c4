-- For how many days an owner's word that they still answer for something holds.
ALTER TABLE "organization" ADD COLUMN "attest_after_days" integer NOT NULL DEFAULT 180;
