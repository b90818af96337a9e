-- Whoever may read the log (by default privileges, see `manage.py roles`) may call the append function, and may not
-- write the tables.
REVOKE EXECUTE ON FUNCTION ledger_append FROM PUBLIC;
DO $$
DECLARE
    reader text;
BEGIN
    FOR reader IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_schema = 'public' AND table_name = 'ledger_event' AND privilege_type = 'SELECT'
        AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON ledger_event, ledger_event_data FROM %I', reader);
        EXECUTE format('GRANT EXECUTE ON FUNCTION ledger_append TO %I', reader);
    END LOOP;
END $$;
