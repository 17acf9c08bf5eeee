-- What people wrote, and what was written about them, is forgotten with them.

-- The orders of an account, and those that it placed as a guest with its address.
CREATE FUNCTION orders_of_person(account uuid, email_key text) RETURNS SETOF uuid
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT id FROM orders WHERE customer_id = account
    UNION ALL
    SELECT id FROM orders WHERE customer_id IS NULL AND lower(email COLLATE "C") = email_key
$$;
REVOKE EXECUTE ON FUNCTION orders_of_person(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION orders_of_person(uuid, text) TO haat_app, haat_maintenance;

-- Whose an order is, nobody changes but in this way: of somebody who has asked to be forgotten. Of the address stays the region, which
-- taxes follow. The access token that was sent with an order opens it no more. What the vendors were told and what gifts said goes, too.
CREATE OR REPLACE FUNCTION forget_orders(person uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    contact record;
BEGIN
    IF NOT EXISTS (SELECT FROM erasures WHERE account_id = person AND state = 'requested') THEN
        RAISE EXCEPTION 'account % has not asked to be forgotten', person USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT lower(email COLLATE "C") AS email, phone INTO contact FROM accounts WHERE id = person;
    UPDATE vendor_orders SET note = '', gift_message = ''
    WHERE order_id IN (SELECT orders_of_person(person, contact.email)) AND (note <> '' OR gift_message <> '');
    UPDATE orders SET email = 'erased@erased.invalid', customer_name = NULL, phone = NULL,
        access_token_hash = sha256(uuid_send(gen_random_uuid())),
        shipping_address = CASE WHEN shipping_address IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
            'name', 'erased', 'line1', 'erased', 'city', coalesce(shipping_address->>'city', 'erased'),
            'region', shipping_address->'region', 'country', shipping_address->'country')) END
    WHERE email <> 'erased@erased.invalid' AND id IN (SELECT orders_of_person(person, contact.email));
    -- A guest who gave the same number may be somebody else; the number is this person's all the same.
    UPDATE orders SET phone = NULL WHERE customer_id IS NULL AND phone = contact.phone AND state <> 'open';
END
$$;

-- To forget people is the worker's.
GRANT UPDATE (body) ON complaint_messages TO haat_maintenance;
