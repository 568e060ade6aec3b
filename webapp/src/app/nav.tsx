import { type MouseEvent, useState } from "react";
import { useSpeech } from "../i18n";
import { Icon, Sheet } from "../ui";
import { useGo } from "./leave-guard";
import type { Place } from "./places";

/** As many as fit a phone with their names; with more, the last ones fold into a sheet. */
const FIT = 5;

export function Nav({ places, here }: { places: readonly Place[]; here: Place }) {
  const { t } = useSpeech();
  const [more, setMore] = useState(false);
  const folded = places.length > FIT ? places.slice(FIT - 1) : [];
  return (
    <nav className="places" aria-label={t.places}>
      {places.map((place) => (
        <PlaceLink
          key={place.to}
          place={place}
          current={place === here}
          folded={folded.includes(place)}
        />
      ))}
      {folded.length > 0 && (
        <button
          type="button"
          className="places-more"
          aria-expanded={more}
          data-current={folded.includes(here) || undefined}
          onClick={() => setMore(true)}
        >
          <Icon name="more" />
          <span>{t.more}</span>
        </button>
      )}
      {more && (
        <Sheet title={t.morePlaces} onClose={() => setMore(false)}>
          <div className="places-folded">
            {folded.map((place) => (
              <PlaceLink
                key={place.to}
                place={place}
                current={place === here}
                onGo={() => setMore(false)}
              />
            ))}
          </div>
        </Sheet>
      )}
    </nav>
  );
}

function PlaceLink(props: { place: Place; current: boolean; folded?: boolean; onGo?: () => void }) {
  const { t } = useSpeech();
  const go = useGo();
  const { to, icon, label, short = label } = props.place;
  const press = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    props.onGo?.();
    go(to);
  };
  return (
    <a
      href={`/app${to}`}
      aria-current={props.current ? "page" : undefined}
      className={props.folded ? "places-fold" : undefined}
      onClick={press}
    >
      <Icon name={icon} />
      <span>{(props.onGo ? label : short)(t)}</span>
    </a>
  );
}
