import type { Like } from "../like";
import { plural } from "../plural";
import type { prices as ru } from "../ru/prices";

const count = (n: number) => n.toLocaleString("en-GB");

export const prices: Like<typeof ru> = {
  market: {
    new: "Market, new",
    used: "Market, used",
    contract: "Market, imported used",
  },
  marketAny: "Market",
  askMarket: "Look up the market price",
  askAgain: "Look up again",
  marketPending: "Looking up the market price…",
  marketNotFound: "No listings found",
  marketFailed: (why) => `The price could not be looked up: ${why}`,
  marketProblem: {
    "price.budget": "the day’s budget for price lookups is spent",
    "price.no_subscription": "no active subscription",
    "price.nothing_named": "the customer named no part",
  },
  estimate: "An AI estimate, not listings",
  estimateText: "It never goes to a customer by itself. Check the price before naming it.",
  median: (sum) => `median ${sum}`,
  usual: (range) => `mostly ${range}`,
  listings: (n) => `${count(n)} ${plural("en", n, { one: "listing", other: "listings" })}`,
  leftOut: (n) => `outliers left out: ${count(n)}`,
  seen: (time) => `seen ${time}`,
  weak: "Few listings: the price is approximate",
  links: "Where we looked",
};
