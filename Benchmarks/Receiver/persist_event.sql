\set number random(1, 9000000000000000000)
with event as (
    select overlay(gen_random_uuid()::text placing :id_prefix from 1 for 13)::uuid as id,
        'evt_' || :client_id || '_' || :number as event_id, convert_to(:body, 'UTF8') as body
), seen as (
    insert into webhook_seen (provider, event_id, webhook_event_id)
    select 'stripe', event_id, id from event
    on conflict do nothing
    returning webhook_event_id
), stored as (
    insert into webhook_events (id, provider, event_id, event_type, signature, body)
    select id, 'stripe', event_id, 'payment_intent.succeeded', 't=0,v1=0', body from event join seen on webhook_event_id = id
)
insert into jobs (id, queue, kind, payload)
select id, 'webhooks', 'webhooks.process', jsonb_build_object('event_id', id, 'provider', 'stripe') from event
join seen on webhook_event_id = id;
