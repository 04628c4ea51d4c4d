"""The tables of the catalogue as the newest migration leaves them; a test compares the two."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


counters = Table("counters", metadata, Column("name", Text, primary_key=True), Column("value", Integer, nullable=False))

revisions = Table("revisions", metadata, Column("revision", Integer, primary_key=True), _text("stamp"))

products = Table(
    "products",
    metadata,
    Column("number", Integer, primary_key=True),
    _text("id"),
    _text("listing"),
    _text("group_id"),
    _text("title"),
    _text("description"),
    _text("category"),
    _text("category_key"),
    _text("brand"),
    _text("brand_key"),
    Column("price_micros", BigInteger),
    _text("price_currency"),
    Column("sale_micros", BigInteger),
    _text("sale_currency"),
    Column("pays_micros", BigInteger),
    _text("pays_currency"),
    _text("availability"),
    _text("link"),
    _text("attributes"),
    _text("tags"),
    _text("photos"),
    _text("digest"),
    Column("retired", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Index("products_id", "id", unique=True),
    Index("products_listing", "listing"),
    Index("products_title", "title", "id", "retired"),
    Index("products_category", "category_key", "id", "retired"),
    Index("products_brand", "brand_key", "id", "retired"),
    Index("products_pays", "pays_micros"),
    Index("products_revision", "revision"),
)

product_attributes = Table(
    "product_attributes",
    metadata,
    Column("product_id", Text, ForeignKey("products.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Index("product_attributes_value", "name", "value", "product_id"),
)

photos = Table(
    "photos",
    metadata,
    Column("sha256", Text, primary_key=True),
    _text("path"),
    _text("format"),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    _text("notes"),
)

photo_references = Table(
    "photo_references",
    metadata,
    Column("reference", Text, primary_key=True),
    _text("location"),
    Column("sha256", Text, ForeignKey("photos.sha256")),
    _text("problem_code"),
    _text("problem_message"),
    _text("etag"),
    _text("last_modified"),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Index("photo_references_sha256", "sha256"),
)

product_photos = Table(
    "product_photos",
    metadata,
    Column("product_id", Text, ForeignKey("products.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("sha256", Text, ForeignKey("photos.sha256"), nullable=False),
    _text("reference"),
    _text("original"),
    Index("product_photos_sha256", "sha256"),
)

embeddings = Table(
    "embeddings",
    metadata,
    Column("embedder_id", Text, primary_key=True),
    Column("sha256", Text, ForeignKey("photos.sha256"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Column("revision", Integer, nullable=False),
    Index("embeddings_revision", "embedder_id", "revision"),
)

product_terms = Table(
    "product_terms",
    metadata,
    Column("product_id", Text, ForeignKey("products.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Index("product_terms_value", "kind", "value", "product_id"),
)

labels = Table(
    "labels",
    metadata,
    Column("product_id", Text, ForeignKey("products.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("confidence", Float, nullable=False),
    Index("labels_kind", "kind", "value"),
)

findings = Table(
    "findings",
    metadata,
    Column("id", Text, primary_key=True),
    _text("code"),
    _text("severity"),
    _text("attribute"),
    _text("description"),
    Column("measured", Float),
    Column("threshold", Float),
    Column("unit", Text),
    _text("product_id"),
    _text("photo"),
    Column("x0", Float),
    Column("y0", Float),
    Column("x1", Float),
    Column("y1", Float),
    _text("documentation"),
    _text("channels"),
    _text("first_seen"),
    _text("fixed_at"),
    _text("waived_at"),
    _text("waived_by"),
    _text("waived_why"),
    Index("findings_product", "product_id"),
    Index("findings_code", "code"),
)

looks = Table(
    "looks",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("photo", Text, primary_key=True),
    _text("state"),
    _text("said"),
    Column("print", LargeBinary, nullable=False),
)

inspections = Table(
    "inspections",
    metadata,
    Column("number", Integer, primary_key=True),
    _text("finished_at"),
    _text("plan"),
    _text("channels"),
    Column("photos", Integer, nullable=False),
    Column("products", Integer, nullable=False),
    Column("looked", Integer, nullable=False),
    Column("whole", Integer, nullable=False, server_default="1"),
    Column("revision", Integer, nullable=False, server_default="0"),
)

fixes = Table(
    "fixes",
    metadata,
    Column("original", Text, ForeignKey("photos.sha256"), primary_key=True),
    Column("fixed", Text, ForeignKey("photos.sha256"), nullable=False),
    _text("steps"),
    _text("fixed_at"),
    Index("fixes_fixed", "fixed"),
)

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True),
    _text("source"),
    _text("origin"),
    _text("started_at"),
    _text("finished_at"),
    _text("summary"),
    _text("fingerprint"),
)

review_answers = Table(
    "review_answers",
    metadata,
    Column("number", Integer, primary_key=True),
    _text("kind"),
    _text("product_id"),
    _text("other_id"),
    _text("said"),
    _text("value"),
    _text("answered_at"),
    Index("review_answers_question", "kind", "product_id", "other_id", unique=True),
)

feed_addresses = Table(
    "feed_addresses",
    metadata,
    Column("id", Integer, primary_key=True),
    _text("url"),
    Column("every_s", Integer, nullable=False),
    _text("origin"),
    _text("mapping"),
    Column("sync", Integer, nullable=False),
    Column("paused", Integer, nullable=False),
    _text("etag"),
    _text("last_modified"),
    _text("added_at"),
    _text("tried_at"),
    _text("read_at"),
    _text("next_at"),
    Column("failures", Integer, nullable=False),
    _text("problem_code"),
    _text("problem"),
    Index("feed_addresses_url", "url", unique=True),
)

line_photos = Table(
    "line_photos",
    metadata,
    Column("number", Integer, primary_key=True),
    _text("line"),
    _text("sha256"),
    _text("role"),
    _text("said"),
    _text("learned"),
    _text("name"),
    Column("picture", LargeBinary, nullable=False),
    Column("heat", LargeBinary, nullable=False),
    Column("score", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("x0", Float),
    Column("y0", Float),
    Column("x1", Float),
    Column("y1", Float),
    _text("seen_at"),
    _text("answered_at"),
    Index("line_photos_line", "line", "sha256", unique=True),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    _text("name"),
    _text("scope"),
    _text("hint"),
    _text("digest"),
    _text("created_at"),
    _text("revoked_at"),
    Index("api_keys_digest", "digest", unique=True),
)

taught_photos = Table(
    "taught_photos",
    metadata,
    Column("number", Integer, primary_key=True),
    _text("category"),
    _text("sha256"),
    Column("picture", LargeBinary, nullable=False),
    _text("taught_at"),
    Index("taught_photos_category", "category", "sha256", unique=True),
)

taught_vectors = Table(
    "taught_vectors",
    metadata,
    Column("embedder_id", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("views", Integer, nullable=False),
    Column("vectors", LargeBinary, nullable=False),
)

curated_looks = Table(
    "curated_looks",
    metadata,
    Column("look", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    _text("product_id"),
)

promotions = Table(
    "promotions",
    metadata,
    Column("placement", Text, primary_key=True),
    _text("rung"),
    _text("since"),
    _text("measured_at"),
    Column("events", BigInteger, nullable=False),
    _text("report"),
)
