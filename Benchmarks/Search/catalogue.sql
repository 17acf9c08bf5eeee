-- A marketplace of 1,000 vendors with 100,000 products on sale and 300,000 variants, told in English and a part of it in Bengali. Words
-- are as frequent as words are: a few nearly everywhere, most of them rare. Run as a superuser: nothing is checked, and nobody told.
SET statement_timeout = 0;
SET session_replication_role = replica;

CREATE FUNCTION pg_temp.common(choices text[]) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT choices[1 + floor(power(random(), 2.5) * cardinality(choices))::int]
$$;

CREATE FUNCTION pg_temp.rare() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT translate(substr(md5('word' || floor(power(random(), 2.5) * 6000)::int), 1, 7), '0123456789', 'aeiourstln')
$$;

CREATE TEMPORARY TABLE lists AS SELECT
    string_to_array('shirt,saree,phone,charger,shoes,lamp,kurta,laptop,bag,watch,headphones,kettle,blender,rice,tea,notebook,pen,curtain,pillow,bottle,sandals,jeans,jacket,mouse,keyboard,camera,tripod,speaker,soap,shampoo,oil,lentils,spices,toy,ball,bat,helmet,tyre,drill,hammer,ladder,paint,brush,bucket,mirror,clock,frame,vase,rug,towel,blanket,mattress,chair,table,desk,shelf,wardrobe,cooker,fridge,fan,heater,iron,cable,router,printer,scanner,monitor,tablet,cover,stand,holder,belt,wallet,cap,scarf,gloves,socks,lungi,panjabi,dupatta,bangle,necklace,earring,ring,perfume,lipstick,cream,powder,comb,razor,trimmer,scale,thermometer,mask,bandage,vitamin,honey,jam,biscuit,noodles', ',') AS nouns,
    string_to_array('cotton,black,new,classic,large,small,premium,wireless,blue,red,steel,wooden,silk,smart,portable,kids,mens,womens,handmade,organic,leather,white,green,deluxe,mini,digital,electric,foldable,waterproof,soft,heavy,light,double,single,automatic,printed,embroidered,plain,slim,royal,traditional,modern,vintage,fast,quiet,bright,matte,glossy,golden,silver', ',') AS qualities,
    string_to_array('শাড়ি,শার্ট,ফোন,চার্জার,জুতা,বাতি,কুর্তা,ল্যাপটপ,ব্যাগ,ঘড়ি,হেডফোন,কেটলি,চাল,চা,খাতা,কলম,পর্দা,বালিশ,বোতল,স্যান্ডেল,জিন্স,জ্যাকেট,মাউস,কীবোর্ড,ক্যামেরা,সাবান,তেল,ডাল,মসলা,খেলনা', ',') AS bengali,
    ARRAY(SELECT initcap(translate(substr(md5('brand' || n), 1, 6), '0123456789', 'aeioubdklm')) FROM generate_series(1, 400) AS n) AS brands;

INSERT INTO vendors (id, name, email, status)
SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Vendor ' || n, 'sales@example.com', 'active'
FROM generate_series(1, 1000) AS n;

-- 10 at the root, 10 below each, 4 below each of those.
INSERT INTO categories (id, parent_id, path, slug, name, created_at, updated_at)
SELECT path[cardinality(path)], path[cardinality(path) - 1], path, 'c-' || n || '-' || m || '-' || k,
    'Category ' || n || CASE WHEN m > 0 THEN ' ' || m ELSE '' END || CASE WHEN k > 0 THEN ' ' || k ELSE '' END, now(), now()
FROM generate_series(1, 10) AS n, generate_series(0, 10) AS m, generate_series(0, 4) AS k, LATERAL (SELECT array_remove(ARRAY[
    ('00000000-0000-7000-8001-' || lpad(n::text, 12, '0'))::uuid,
    CASE WHEN m > 0 THEN ('00000000-0000-7000-8001-' || lpad((n * 100 + m)::text, 12, '0'))::uuid END,
    CASE WHEN k > 0 THEN ('00000000-0000-7000-8001-' || lpad((n * 10000 + m * 10 + k)::text, 12, '0'))::uuid END], NULL) AS path) AS way
WHERE m > 0 OR k = 0;

INSERT INTO attributes (id, code, name, kind, created_at)
SELECT ('00000000-0000-7000-8002-' || lpad(n::text, 12, '0'))::uuid, code, initcap(code), 'choice', now()
FROM unnest(ARRAY['colour', 'size', 'material', 'warranty', 'style', 'season']) WITH ORDINALITY AS attribute (code, n);
INSERT INTO attribute_choices (attribute_id, code, name, position)
SELECT id, 'c' || n, name || ' ' || n, n FROM attributes, generate_series(1, 20) AS n;

CREATE TEMPORARY TABLE numbered AS SELECT n,
    overlay(uuid7_floor(now() - (100000 - n) * interval '1 minute')::text placing lpad(to_hex(n * 7919 % 1048576), 12, '0') from 25)::uuid AS id,
    ('00000000-0000-7000-8000-' || lpad((1 + floor(power(random(), 2) * 1000))::text, 12, '0'))::uuid AS vendor,
    pg_temp.common(nouns) AS noun, pg_temp.common(brands) AS brand, pg_temp.common(qualities) AS quality,
    pg_temp.common(qualities) AS other, pg_temp.rare() AS word, pg_temp.common(bengali) AS bengali
FROM generate_series(1, 100000) AS n, lists;

INSERT INTO products (id, vendor_id, title, description, brand, status, slug, currency, country_of_origin, created_at)
SELECT id, vendor, concat_ws(' ', brand, initcap(quality), other, noun, word, n % 1000),
    (SELECT string_agg(CASE WHEN k % 3 = 0 THEN pg_temp.common(qualities) WHEN k % 3 = 1 THEN pg_temp.common(nouns)
        ELSE pg_temp.rare() END, ' ') FROM generate_series(1, 40 + n % 20) AS k),
    brand, 'active', 'p-' || n, 'BDT', (ARRAY['BD', 'IN', 'CN', 'BD', 'BD', 'PK', 'NP', 'JP'])[1 + n % 8], now()
FROM numbered, lists;
INSERT INTO product_translations (product_id, locale, title)
SELECT id, 'bn', concat_ws(' ', brand, bengali, quality, n % 1000) FROM numbered WHERE n % 3 = 0;
INSERT INTO product_categories (product_id, category_id, position)
SELECT id, ('00000000-0000-7000-8001-' || lpad(((1 + n % 10) * 10000 + (1 + n / 10 % 10) * 10 + 1 + n / 100 % 4)::text, 12, '0'))::uuid, 1
FROM numbered;
INSERT INTO category_listings (category_id, product_id)
SELECT unnest(path), product_id FROM product_categories JOIN categories ON id = category_id;
INSERT INTO product_attribute_values (product_id, attribute_id, kind)
SELECT numbered.id, attributes.id, 'choice' FROM numbered, attributes WHERE (n + length(code)) % 3 > 0;
INSERT INTO product_attribute_choices (product_id, attribute_id, choice, position)
SELECT product_id, attribute_id, 'c' || 1 + floor(power(random(), 2) * 20)::int, 1 FROM product_attribute_values;
INSERT INTO variants (id, product_id, vendor_id, position, sku, kind, choices)
SELECT gen_random_uuid(), id, vendor, place, n || '-' || place, 'licence_key', ARRAY['Choice ' || place]
FROM numbered, generate_series(1, 3) AS place;
INSERT INTO prices (variant_id, product_id, currency, amount_minor)
SELECT id, product_id, 'BDT', 1000 + floor(exp(random() * 9) * 100) FROM variants;
INSERT INTO stock (variant_id, vendor_id, on_hand) SELECT id, vendor_id, floor(random() * 3) FROM variants;
SET session_replication_role = origin;
ANALYZE;
