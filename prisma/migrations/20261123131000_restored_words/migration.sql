-- What was brought back is said as such: by a login, or by the source alone.
ALTER TABLE "lifecycle_run" DROP CONSTRAINT "lifecycle_run_effect_check";
ALTER TABLE "lifecycle_run" ADD CONSTRAINT "lifecycle_run_effect_check"
  CHECK (effect IN ('none', 'still_allowed', 'acknowledged', 'source_says_off', 'source_says_on', 'refused', 'absent', 'accepted', 'unknown'));
ALTER TABLE "lifecycle_hop" DROP CONSTRAINT "lifecycle_hop_state_check";
ALTER TABLE "lifecycle_hop" ADD CONSTRAINT "lifecycle_hop_state_check"
  CHECK (state IN ('open', 'sent', 'acknowledged', 'refused', 'source_says_off', 'source_says_on', 'already_absent', 'still_allowed', 'accepted', 'not_testable'));
