-- What products of a category are described by: the memory of a telephone, the fabric of a shirt.
CREATE TABLE attributes (
    id uuid NOT NULL,
    -- By which programs know it.
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    -- Of a number: cm, GB.
    unit text,
    -- Whether buyers narrow a search by it.
    is_filter boolean NOT NULL DEFAULT true,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CONSTRAINT attributes_pkey PRIMARY KEY (id),
    CONSTRAINT attributes_code UNIQUE (code),
    CONSTRAINT attributes_id_kind UNIQUE (id, kind),
    CONSTRAINT attributes_code_form CHECK (code ~ '^[a-z][a-z0-9_]{0,59}$'),
    CONSTRAINT attributes_kind_known CHECK (kind IN ('text', 'number', 'boolean', 'choice', 'choices')),
    CONSTRAINT attributes_unit_of_number CHECK (unit IS NULL OR kind = 'number')
);

-- What can be chosen. A choice may be renamed, and stays as long as a product has it.
CREATE TABLE attribute_choices (
    attribute_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    position integer NOT NULL,
    CONSTRAINT attribute_choices_pkey PRIMARY KEY (attribute_id, code),
    CONSTRAINT attribute_choices_attribute FOREIGN KEY (attribute_id) REFERENCES attributes (id) ON DELETE CASCADE,
    CONSTRAINT attribute_choices_code_form CHECK (code ~ '^[a-z0-9][a-z0-9_]{0,59}$'),
    CONSTRAINT attribute_choices_few CHECK (position BETWEEN 1 AND 500)
);

-- Attributes of a category and of all below it.
CREATE TABLE category_attributes (
    category_id uuid NOT NULL,
    attribute_id uuid NOT NULL,
    position integer NOT NULL,
    -- Whether a product is published only with a value.
    is_required boolean NOT NULL DEFAULT false,
    CONSTRAINT category_attributes_pkey PRIMARY KEY (category_id, attribute_id),
    CONSTRAINT category_attributes_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE,
    CONSTRAINT category_attributes_attribute FOREIGN KEY (attribute_id) REFERENCES attributes (id),
    CONSTRAINT category_attributes_few CHECK (position BETWEEN 1 AND 50)
);
CREATE INDEX category_attributes_of_attribute ON category_attributes (attribute_id);

CREATE TABLE product_attribute_values (
    product_id uuid NOT NULL,
    attribute_id uuid NOT NULL,
    kind text NOT NULL,
    text_value text,
    number_value double precision,
    boolean_value boolean,
    CONSTRAINT product_attribute_values_pkey PRIMARY KEY (product_id, attribute_id),
    CONSTRAINT product_attribute_values_kind UNIQUE (product_id, attribute_id, kind),
    CONSTRAINT product_attribute_values_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    -- A value is of its attribute's kind.
    CONSTRAINT product_attribute_values_attribute FOREIGN KEY (attribute_id, kind) REFERENCES attributes (id, kind),
    CONSTRAINT product_attribute_values_of_kind CHECK (
        (kind = 'text') = (text_value IS NOT NULL) AND (kind = 'number') = (number_value IS NOT NULL)
        AND (kind = 'boolean') = (boolean_value IS NOT NULL)),
    CONSTRAINT product_attribute_values_finite CHECK (number_value NOT IN ('NaN', 'Infinity', '-Infinity'))
);
CREATE INDEX product_attribute_values_of_attribute ON product_attribute_values (attribute_id);

-- The choices of a value that is chosen.
CREATE TABLE product_attribute_choices (
    product_id uuid NOT NULL,
    attribute_id uuid NOT NULL,
    choice text NOT NULL,
    position integer NOT NULL,
    CONSTRAINT product_attribute_choices_pkey PRIMARY KEY (product_id, attribute_id, choice),
    CONSTRAINT product_attribute_choices_position UNIQUE (product_id, attribute_id, position),
    CONSTRAINT product_attribute_choices_value FOREIGN KEY (product_id, attribute_id)
        REFERENCES product_attribute_values (product_id, attribute_id) ON DELETE CASCADE,
    CONSTRAINT product_attribute_choices_choice FOREIGN KEY (attribute_id, choice) REFERENCES attribute_choices (attribute_id, code),
    CONSTRAINT product_attribute_choices_few CHECK (position BETWEEN 1 AND 50)
);
CREATE INDEX product_attribute_choices_of_choice ON product_attribute_choices (attribute_id, choice);

GRANT SELECT, INSERT (id, code, name, kind, unit, is_filter, created_at), UPDATE (name, unit, is_filter, version), DELETE
    ON attributes TO haat_app;
GRANT SELECT, INSERT (attribute_id, code, name, position), UPDATE (name, position), DELETE ON attribute_choices TO haat_app;
GRANT SELECT, INSERT (category_id, attribute_id, position, is_required), DELETE ON category_attributes TO haat_app;
GRANT SELECT, INSERT (product_id, attribute_id, kind, text_value, number_value, boolean_value), DELETE
    ON product_attribute_values TO haat_app;
GRANT SELECT, INSERT (product_id, attribute_id, choice, position), DELETE ON product_attribute_choices TO haat_app;
GRANT SELECT ON attributes, attribute_choices, category_attributes, product_attribute_values, product_attribute_choices TO haat_readonly;
