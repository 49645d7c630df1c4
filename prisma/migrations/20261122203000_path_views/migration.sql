-- Searches for paths are kept as views, too.
ALTER TABLE "saved_view" DROP CONSTRAINT "saved_view_list_check",
  ADD CONSTRAINT "saved_view_list_check" CHECK (list IN ('identities', 'credentials', 'paths'));
ALTER TABLE "view_preference" DROP CONSTRAINT "view_preference_list_check",
  ADD CONSTRAINT "view_preference_list_check" CHECK (list IN ('identities', 'credentials', 'paths'));
