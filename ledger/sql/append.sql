-- Append events to a stream: the only way into the log.
--
-- commitment = SHA-256(salt || text)
-- leaf       = SHA-256(0x00 || header), the header as a canonical JSON array:
--              [position,"stream",version,"type","recorded_at in UTC, six decimals, Z","actor","commitment in hex"]
-- digest     = SHA-256(previous digest || leaf); before the first event 32 zero bytes
--
-- Raises LG409 where the stream's version is not the expected one; the message is the actual version.
CREATE FUNCTION ledger_append(
    stream_id uuid, expected_version integer, actor_id uuid, types text[], texts text[], salts bytea[]
) RETURNS TABLE (first_position bigint, moment timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    total integer := cardinality(types);
    last_position bigint;
    last_moment timestamptz;
    chain bytea;
    actual integer;
    at_text text;
    commitments bytea[] := '{}';
    leaves bytea[] := '{}';
    digests bytea[] := '{}';
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'append to the log in READ COMMITTED, not in %', current_setting('transaction_isolation')
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    IF total IS NULL OR total = 0 OR total <> cardinality(texts) OR total <> cardinality(salts) THEN
        RAISE EXCEPTION 'an append needs as many texts and salts as types' USING ERRCODE = 'invalid_parameter_value';
    END IF;

    -- A statement of its own: what is read below sees whatever the last holder of the lock committed.
    PERFORM pg_advisory_xact_lock(7236837, 1);

    SELECT e.position, e.recorded_at, e.digest INTO last_position, last_moment, chain
        FROM public.ledger_event e ORDER BY e.position DESC LIMIT 1;
    SELECT e.version INTO actual
        FROM public.ledger_event e WHERE e.stream = stream_id ORDER BY e.version DESC LIMIT 1;
    last_position := coalesce(last_position, 0);
    chain := coalesce(chain, decode(repeat('00', 32), 'hex'));
    IF coalesce(actual, 0) <> expected_version THEN
        RAISE EXCEPTION '%', coalesce(actual, 0) USING ERRCODE = 'LG409';
    END IF;

    moment := greatest(clock_timestamp(), last_moment + interval '1 microsecond');
    at_text := to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    FOR n IN 1 .. total LOOP
        IF octet_length(salts[n]) IS DISTINCT FROM 32 OR texts[n] IS NULL THEN
            RAISE EXCEPTION 'a salt has 32 bytes, and a text is not null' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        commitments[n] := sha256(salts[n] || convert_to(texts[n], 'UTF8'));
        leaves[n] := sha256('\x00'::bytea || convert_to(
            '[' || last_position + n || ',"' || stream_id || '",' || expected_version + n || ',"' || types[n] || '","'
            || at_text || '","' || actor_id || '","' || encode(commitments[n], 'hex') || '"]', 'UTF8'));
        chain := sha256(chain || leaves[n]);
        digests[n] := chain;
    END LOOP;

    PERFORM set_config('ledger.appending', 'on', true);
    INSERT INTO public.ledger_event
        (position, stream, version, type, recorded_at, actor, commitment, leaf, digest)
        SELECT last_position + n, stream_id, expected_version + n, types[n], moment, actor_id,
               commitments[n], leaves[n], digests[n]
        FROM generate_series(1, total) n;
    INSERT INTO public.ledger_event_data (position, text, salt)
        SELECT last_position + n, texts[n], salts[n] FROM generate_series(1, total) n;
    PERFORM set_config('ledger.appending', 'off', true);

    first_position := last_position + 1;
    RETURN NEXT;
END $$;
