\set number random(1, 9000000000000000000)
insert into webhook_events (provider, event_id, payload)
values ('stripe', 'evt_' || :client_id || '_' || :number, :body)
on conflict (provider, event_id) do nothing;
