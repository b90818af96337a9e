-- The log is append-only for everybody, its owner included. Triggers are ENABLE ALWAYS; never disable them: a plain
-- ENABLE afterwards silently loses ALWAYS.
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND coalesce(current_setting('ledger.appending', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the event log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- The one update: text and salt of a position that an `erased` event of this very transaction names, with its new
-- commitment. An `erased` event itself stays.
CREATE FUNCTION ledger_allow_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.position = OLD.position
        AND NOT EXISTS (SELECT FROM public.ledger_event e WHERE e.position = OLD.position AND e.type = 'erased')
        AND EXISTS (
            SELECT FROM public.ledger_event e JOIN public.ledger_event_data d ON d.position = e.position
            WHERE e.type = 'erased' AND e.xmin = pg_current_xact_id()::xid
            AND d.text::jsonb -> 'data' -> 'redacted' @> jsonb_build_array(jsonb_build_object(
                'position', OLD.position,
                'commitment', encode(sha256(NEW.salt || convert_to(NEW.text, 'UTF8')), 'hex')))
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the event log is append-only: position % is not erased by this transaction', OLD.position
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ledger_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER append_only BEFORE INSERT OR DELETE OR TRUNCATE ON ledger_event_data
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER erasure BEFORE UPDATE ON ledger_event_data
    FOR EACH ROW EXECUTE FUNCTION ledger_allow_erasure();
ALTER TABLE ledger_event ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger_event_data ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger_event_data ENABLE ALWAYS TRIGGER erasure;
