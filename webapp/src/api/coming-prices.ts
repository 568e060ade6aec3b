type PriceLookup = {
  id: string;
  state: "pending" | "found" | "estimated" | "not_found" | "failed";
  asked: string;
  currency: string;
  source: "listings" | "ai_estimate" | null;
  condition: "new" | "used" | "contract" | "unknown" | null;
  n: number;
  lowest: string | null;
  quarter: string | null;
  median: string | null;
  three_quarters: string | null;
  highest: string | null;
  left_out: number;
  is_weak: boolean;
  links: { title: string; url: string; site: string; price: string | null }[];
  seen_at: string | null;
  expires_at: string | null;
  problem: string | null;
};

declare module "./schema.gen" {
  interface Operations {
    "GET /conversations/{id}/price-lookup": {
      query: undefined;
      body: undefined;
      answer: PriceLookup;
    };
    "POST /conversations/{id}/price-lookup": {
      query: undefined;
      body: undefined;
      answer: PriceLookup;
    };
  }
}

export {};
