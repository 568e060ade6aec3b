import { Fragment } from "react";
import type { Source, Suggestion } from "../../api/types";
import { Icon } from "../../ui";
import { failureWords, reasonWords } from "./codes";
import { useSpeech } from "./words";

/** The draft's text; what no source confirms is marked where it stands. */
export function DraftText({ suggestion }: { suggestion: Suggestion }) {
  const { t } = useSpeech();
  const text = suggestion.text ?? "";
  return (
    <p className="draft-text" dir="auto">
      {split(text, suggestion.unbound).map((part) =>
        part.unbound ? (
          <mark key={part.at} title={t.unboundMark}>
            {part.text}
          </mark>
        ) : (
          <Fragment key={part.at}>{part.text}</Fragment>
        ),
      )}
    </p>
  );
}

type Part = { at: number; text: string; unbound: boolean };

export function split(text: string, marks: readonly string[]): Part[] {
  const wanted = marks.filter(Boolean).sort((a, b) => b.length - a.length);
  const parts: Part[] = [];
  let plainFrom = 0;
  let at = 0;
  while (at < text.length) {
    const found = wanted.find((mark) => text.startsWith(mark, at));
    if (!found) {
      at += 1;
      continue;
    }
    if (at > plainFrom)
      parts.push({ at: plainFrom, text: text.slice(plainFrom, at), unbound: false });
    parts.push({ at, text: found, unbound: true });
    at += found.length;
    plainFrom = at;
  }
  if (plainFrom < text.length)
    parts.push({ at: plainFrom, text: text.slice(plainFrom), unbound: false });
  return parts;
}

/** What is unconfirmed, what it rests on, and why it waits for a person. */
export function DraftGrounds({ suggestion }: { suggestion: Suggestion }) {
  const { t } = useSpeech();
  const { unbound, sources } = suggestion;
  const reasons = reasonWords(t, suggestion.reasons);
  return (
    <div className="grounds">
      {unbound.length > 0 && (
        <p className="grounds-unbound">
          <Icon name="warn" size={17} />
          <span>
            {t.unboundTitle}: {unbound.map((fact) => `«${fact}»`).join(", ")}
          </span>
        </p>
      )}
      <Doubts doubts={suggestion.doubts} />
      {sources.length > 0 ? (
        <ul className="sources" aria-label={t.sources}>
          {sources.map((source) => (
            <li key={source.id}>
              <SourceLine source={source} />
            </li>
          ))}
        </ul>
      ) : (
        <p className="grounds-none">{t.noSources}</p>
      )}
      {reasons.length > 0 && (
        <p className="grounds-reasons">
          {t.reasons}: {reasons.join(", ")}
        </p>
      )}
    </div>
  );
}

/** A line for each kind of doubt, with the words it is about. */
function Doubts({ doubts }: { doubts: Suggestion["doubts"] }) {
  const { t } = useSpeech();
  const kinds = [...new Set(doubts.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const texts = doubts.filter((doubt) => doubt.kind === kind && doubt.text);
    const about = texts.map(({ text }) =>
      kind === "no_judge" ? failureWords(t, text) : `«${text}»`,
    );
    return (
      <p className="grounds-unbound" key={kind}>
        <Icon name="warn" size={17} />
        <span>{[t.doubt[kind] ?? t.suspicious, about.join(", ")].filter(Boolean).join(": ")}</span>
      </p>
    );
  });
}

function SourceLine({ source }: { source: Source }) {
  const { format } = useSpeech();
  const line = (
    <>
      <Icon name={source.kind === "product" ? "check" : "file"} size={16} />
      <span className="source-title">{source.title}</span>
      {source.price !== null && (
        <b className="source-price">{format.money(source.price, source.currency ?? "RUB")}</b>
      )}
    </>
  );
  if (!source.quote) return <div className="source">{line}</div>;
  return (
    <details>
      <summary className="source">{line}</summary>
      <blockquote>{source.quote}</blockquote>
    </details>
  );
}
