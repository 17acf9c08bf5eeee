-- Reconciliation asks for what began before its period and has no end yet.
CREATE INDEX disputes_undecided ON disputes (created_at) WHERE status NOT IN ('won', 'lost');
CREATE INDEX refunds_pending ON refunds (created_at) WHERE state = 'pending';
