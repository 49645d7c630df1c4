-- Agreed to beforehand by a policy, within its bounds: the decision that says so.
ALTER TABLE "access_grant" ADD COLUMN "preapproved" TEXT;
