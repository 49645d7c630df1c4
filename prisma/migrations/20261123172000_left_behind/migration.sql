-- What is left of an account that is off: it is there, and opens nothing.
ALTER TABLE "lifecycle_hop" DROP CONSTRAINT "lifecycle_hop_state_check";
ALTER TABLE "lifecycle_hop" ADD CONSTRAINT "lifecycle_hop_state_check"
  CHECK (state IN ('open', 'sent', 'acknowledged', 'refused', 'source_says_off', 'source_says_on', 'already_absent', 'dormant', 'still_allowed', 'accepted', 'not_testable'));
