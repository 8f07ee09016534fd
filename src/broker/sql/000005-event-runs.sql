-- Type, source and what became of an event at once are found by the sorted runs of hashes too: an index of each cost pages of
-- the log in each commit. The runs are made anew from the events at the next start.
DROP INDEX event_by_type;
DROP INDEX event_by_source;
DELETE FROM event_run;
DELETE FROM event_run_page;
