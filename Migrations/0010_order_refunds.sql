-- Units of a refunded order that were never handed over go back into stock.
ALTER TABLE stock_movements DROP CONSTRAINT stock_movements_reason_known;
ALTER TABLE stock_movements ADD CONSTRAINT stock_movements_reason_known CHECK (
    reason IN ('imported', 'adjusted', 'reserved', 'released', 'committed', 'returned')) NOT VALID;
