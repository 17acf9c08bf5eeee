create table webhook_events (
    id bigserial primary key,
    provider text not null,
    event_id text not null,
    payload jsonb not null,
    received_at timestamptz not null default now(),
    unique (provider, event_id)
);
