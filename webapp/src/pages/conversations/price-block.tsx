import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Problem } from "../../api/problem";
import type { PriceLookup } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { useNow } from "../../app/use-now";
import { usePress } from "../../app/use-press";
import { speechOf } from "../../i18n";
import { Button, Icon, Spinner } from "../../ui";
import "./price-block.css";

const useSpeech = speechOf("codes", "prices").use;
const keyOf = (conversationId: string) => ["conversation", conversationId, "price"];

/** What the market asks for the customer's part: never to be taken for the store's own price. */
export default function PriceBlock(props: { conversationId: string; offers: boolean }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const id = props.conversationId;
  const lookup = useQuery({
    queryKey: keyOf(id),
    // Nobody has asked yet: an answer like any other.
    queryFn: ({ signal }) =>
      client.call("GET /conversations/{id}/price-lookup", { id, signal }).catch((error) => {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }),
    refetchInterval: ({ state }) => (state.data?.state === "pending" ? 3_000 : false),
  });
  const press = usePress<void>([]);
  const ask = () =>
    press.mutate({
      run: async () => {
        const asked = await client.call("POST /conversations/{id}/price-lookup", { id });
        queries.setQueryData(keyOf(id), asked);
      },
    });
  const found = lookup.data;
  if (found === undefined) return null;
  if (found === null && !props.offers) return null;
  const over = found && found.state !== "pending";
  return (
    <section className="price" aria-label={t.marketAny}>
      {found && <Answer found={found} />}
      {(found === null || over) && props.offers && (
        <Button kind="plain" size="s" icon="search" busy={press.isPending} onClick={ask}>
          {found ? t.askAgain : t.askMarket}
        </Button>
      )}
    </section>
  );
}

function Answer({ found }: { found: PriceLookup }) {
  const { t } = useSpeech();
  switch (found.state) {
    case "pending":
      return (
        <p className="price-line" role="status">
          <Spinner size="s" label={t.marketPending} />
          {t.marketPending}
        </p>
      );
    case "not_found":
      return <p className="price-line">{t.marketNotFound}</p>;
    case "failed": {
      const code = found.problem ?? "";
      const why = t.marketProblem[code] ?? t.failure[code] ?? t.unknownCode;
      return (
        <p className="price-line">
          <Icon name="warn" size={17} />
          {t.marketFailed(why)}
        </p>
      );
    }
    case "found":
    case "estimated":
      return <Range found={found} />;
  }
}

function Range({ found }: { found: PriceLookup }) {
  const { t, format } = useSpeech();
  const now = useNow(60_000);
  const estimate = found.source === "ai_estimate";
  const sum = (amount: string) => format.money(amount, found.currency);
  const range = (from: string | null, to: string | null) =>
    from && to && format.moneyRange(from, to, found.currency);
  const usual = range(found.quarter, found.three_quarters);
  const facts = [
    !estimate && found.median && t.median(sum(found.median)),
    !estimate && found.n > 3 && usual && t.usual(usual),
    !estimate && t.listings(found.n),
    found.left_out > 0 && t.leftOut(found.left_out),
    found.seen_at && t.seen(format.ago(new Date(found.seen_at), now)),
  ].filter(Boolean);
  return (
    <>
      <p className="price-what">
        {estimate ? t.estimate : (t.market[found.condition ?? ""] ?? t.marketAny)}
        <span>{found.asked}</span>
      </p>
      <p className="price-range">{range(found.lowest, found.highest)}</p>
      <p className="price-facts">{facts.join(" · ")}</p>
      {(estimate || found.is_weak) && (
        <p className="price-warn">
          <Icon name="warn" size={17} />
          <span>{estimate ? t.estimateText : t.weak}</span>
        </p>
      )}
      {found.links.length > 0 && <Links found={found} />}
    </>
  );
}

function Links({ found }: { found: PriceLookup }) {
  const { t, format } = useSpeech();
  // The pages come from the web: nothing but a web address is ever a link here.
  const links = found.links.filter(({ url }) => /^https?:\/\//i.test(url));
  return (
    <details>
      <summary>{t.links}</summary>
      <ul>
        {links.map((link) => (
          <li key={link.url}>
            <a href={link.url} target="_blank" rel="noopener noreferrer nofollow">
              {link.title || link.site}
            </a>
            <span>
              {[link.price && format.money(link.price, found.currency), link.site]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
