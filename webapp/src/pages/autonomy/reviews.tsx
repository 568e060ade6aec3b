import { useState } from "react";
import type { Review } from "../../api/types";
import { intentName } from "../../app/code-words";
import { useSignedIn } from "../../app/context";
import { Loaded } from "../../app/loaded";
import { usePress } from "../../app/use-press";
import { Button, Placeholder, Tag } from "../../ui";
import { useReviews } from "./queries";
import { useSpeech } from "./words";

/** Replies to judge, one at a time: what went out by itself, and second looks. */
export function ReviewsPart() {
  const { t } = useSpeech();
  const reviews = useReviews();
  const [judged, setJudged] = useState<readonly string[]>([]);
  return (
    <Loaded query={reviews}>
      {({ items }) => {
        const left = items.filter(({ id }) => !judged.includes(id));
        const review = left[0];
        if (!review) {
          return <Placeholder icon="check" title={t.noReviewsTitle} text={t.noReviewsText} />;
        }
        return (
          <>
            <p className="page-text page-gap">{t.reviewsLead}</p>
            <ReviewCard
              key={review.id}
              review={review}
              onJudged={() => setJudged((before) => [...before, review.id])}
            />
            <p className="found">{t.reviewsLeft(left.length)}</p>
          </>
        );
      }}
    </Loaded>
  );
}

function ReviewCard({ review, onJudged }: { review: Review; onJudged: () => void }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const press = usePress([["autosend"]]);
  const second = review.kind === "second";
  const judge = (verdict: "good" | "bad") =>
    press
      .mutateAsync({
        run: () => client.call("POST /autosend/reviews/{id}", { id: review.id, body: { verdict } }),
        done: t.judged,
      })
      .then(onJudged, () => {});
  return (
    <article className="review" aria-label={second ? t.reviewSecond : t.reviewAutosent}>
      <header>
        <b>{second ? t.reviewSecond : t.reviewAutosent}</b>
        {review.intent && <Tag>{intentName(t, review.intent)}</Tag>}
        {second && <span className="hint">{t.reviewSecondText}</span>}
      </header>
      <div className="said said-in">
        <b>{second ? t.customerAsked : review.customer}</b>
        <p dir="auto">{review.asked}</p>
      </div>
      <div className="said said-out">
        <b>{t.theReply}</b>
        <p dir="auto">{review.reply}</p>
      </div>
      <div className="review-buttons">
        <Button size="l" wide busy={press.isPending} onClick={() => void judge("bad")}>
          {t.bad}
        </Button>
        <Button kind="main" size="l" wide busy={press.isPending} onClick={() => void judge("good")}>
          {t.good}
        </Button>
      </div>
    </article>
  );
}
