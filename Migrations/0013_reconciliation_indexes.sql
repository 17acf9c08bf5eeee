-- Reconciliation asks for what was captured and returned in a period.
CREATE INDEX payments_captured ON payments (gateway, captured_at) WHERE captured_at IS NOT NULL;
CREATE INDEX refunds_created ON refunds (created_at);
-- Added without a look at the rows, which would have kept every sale waiting; this one only keeps other migrations waiting.
ALTER TABLE stock_movements VALIDATE CONSTRAINT stock_movements_reason_known;
