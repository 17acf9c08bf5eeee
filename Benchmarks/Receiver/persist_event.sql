-- Haat's own statement (WebhookPersistence.swift) for one event. The id is a UUIDv7 whose time comes from the script.
\set number random(1, 9000000000000000000)
with arrived as (
    select * from unnest(
        array[overlay(gen_random_uuid()::text placing :id_prefix from 1 for 13)]::uuid[], array['stripe'],
        array['evt_' || :client_id || '_' || :number], array['payment_intent.succeeded'], array[jsonb_build_object('stripe-signature', :signature::text)::text],
        array[:body]::bytea[], array[true]) as arrived (id, account, event_id, event_type, headers, body, is_relevant)
), new as (
    insert into webhook_seen (account, event_id, webhook_event_id)
    select account, event_id, id from arrived order by account, event_id
    on conflict do nothing
    returning webhook_event_id
), stored as (
    insert into webhook_events (id, account, event_id, event_type, headers, body)
    select id, account, event_id, event_type, headers::jsonb, body
    from arrived join new on new.webhook_event_id = arrived.id
), ignored as (
    insert into webhook_outcomes (webhook_event_id, outcome, detail)
    select id, 'ignored', 'events of this type change nothing here'
    from arrived join new on new.webhook_event_id = arrived.id where not is_relevant
), caused as (
    insert into jobs (id, queue, kind, payload, relay_at)
    select id, 'webhooks', 'webhooks.process', jsonb_build_object('event_id', id, 'account', account),
        now() + interval '2 seconds'
    from arrived join new on new.webhook_event_id = arrived.id where is_relevant
)
select webhook_event_id from new;
