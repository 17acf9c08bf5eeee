-- The fence of a job's own transaction: marks one attempt done, or raises HT001 where it is no longer the caller's, so that
-- nothing of the transaction stays.
CREATE FUNCTION finish_job(job uuid, job_attempt integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE jobs SET state = 'done', finished_at = now()
    WHERE id = job AND attempt = job_attempt AND state IN ('pending', 'dispatched');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'job % is no longer held in attempt %', job, job_attempt USING ERRCODE = 'HT001';
    END IF;
END
$$;
