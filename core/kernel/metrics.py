"""What is counted, by hand, in Prometheus' own client. Names begin with `sales_operator_`."""

from prometheus_client import Counter, Gauge, Histogram

DRAIN_FAILURES = Counter("sales_operator_drain_failures_total", "Passes that failed", ["drain"])
INBOUND = Counter("sales_operator_inbound_messages_total", "Messages accepted", ["channel"])
DUPLICATES = Counter("sales_operator_inbound_duplicates_total", "Seen before", ["channel"])
DRAFTS = Counter("sales_operator_drafts_total", "Turns drafted, by outcome", ["outcome"])
DRAFT_SECONDS = Histogram("sales_operator_draft_seconds", "From a turn's quiet to its draft")
OUTBOUND = Counter("sales_operator_outbound_messages_total", "Replies, by outcome", ["outcome"])
OUTBOUND_LATE_SECONDS = Histogram(
    "sales_operator_outbound_late_seconds", "From due to settled",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300),
)  # fmt: skip
CARDS = Counter("sales_operator_cards_total", "Cards sent, edited, failed", ["outcome"])
OLDEST_DUE_SECONDS = Gauge("sales_operator_outbound_oldest_due_seconds", "Age of the oldest unsent")
QUEUE_DEPTH = Gauge("sales_operator_queue_depth", "Rows waiting, by kind", ["queue"])
HTTP_REQUESTS = Counter(
    "sales_operator_http_requests_total", "By route and status", ["route", "status"]
)
HTTP_SECONDS = Histogram("sales_operator_http_seconds", "By route", ["route"])
IGNORED = Counter(
    "sales_operator_inbound_ignored_total", "Updates that say nothing to us", ["channel"]
)
PARKED = Counter(
    "sales_operator_inbound_parked_total", "Updates given up on, see the inbox", ["channel"]
)
ATTACHMENTS = Counter("sales_operator_attachments_total", "Files fetched, by outcome", ["outcome"])
OPEN_ACCOUNTS = Gauge("sales_operator_channel_accounts_open", "Accounts open here", ["channel"])
PRICE_LOOKUPS = Counter("sales_operator_price_lookups_total", "Prices looked up", ["outcome"])
