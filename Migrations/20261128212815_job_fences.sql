-- The fence of a job's own transaction: marks one attempt done, or raises HT001 where it is no longer the caller's, so that
-- nothing of the transaction stays.
CREATE FUNCTION finish_job(job uuid, job_attempt integer) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE jobs SET state = 'done', finished_at = now()
    WHERE id = job AND attempt = job_attempt AND state IN ('pending', 'dispatched') AND run_at <= now();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'job % is not to be finished in attempt %', job, job_attempt USING ERRCODE = 'HT001';
    END IF;
END
$$;

-- The fence of what a job does outside of the database: holds one attempt for one run, or raises HT001 where it is not to be
-- run or another run holds it. Answers how many runs of it have begun and never ended, this one included; after_recovery
-- tells that a worker fell silent with one that may not have come so far.
CREATE FUNCTION hold_job(job uuid, job_attempt integer, run bigint, lease_seconds double precision, after_recovery boolean)
RETURNS integer LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    begun integer;
BEGIN
    UPDATE jobs SET holder = run, held_until = now() + make_interval(secs => lease_seconds),
        unended_runs = CASE WHEN holder = run THEN unended_runs
            ELSE greatest(unended_runs, after_recovery::integer) + 1 END
    WHERE id = job AND attempt = job_attempt AND state IN ('pending', 'dispatched') AND run_at <= now()
        AND coalesce(holder = run OR held_until <= now(), true)
    RETURNING unended_runs INTO begun;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'job % is not to be run in attempt %', job, job_attempt USING ERRCODE = 'HT001';
    END IF;
    RETURN begun;
END
$$;
