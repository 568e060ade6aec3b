import { useSignedIn } from "../../app/context";
import { Page, PartTabs } from "../../app/page";
import type { PlaceProps } from "../../app/places";
import "./autonomy.css";
import { HoursPart } from "./hours";
import { OverviewPart } from "./overview";
import { PacePart } from "./pace";
import { useAutosend } from "./queries";
import { ReplayPart } from "./replay";
import { ReviewsPart } from "./reviews";
import { RulesPart } from "./rules";
import { useSpeech } from "./words";

const ROOT = "/autonomy";

/** What goes out by itself: who allowed it, on what grounds, how fast and when. */
export default function AutonomyPage({ rest }: PlaceProps) {
  const { t, format } = useSpeech();
  const { can } = useSignedIn();
  const autosend = useAutosend();
  const waiting = autosend.data?.reviews_waiting ?? 0;
  const settles = can("MANAGE_AUTOSEND");
  const parts = [
    settles && { id: "", label: t.partOverview },
    settles && { id: "replay", label: t.partReplay },
    can("MANAGE_CONVERSATIONS") && {
      id: "reviews",
      label: t.partReviews,
      count: waiting > 0 ? format.count(waiting) : undefined,
    },
    can("MANAGE_POLICIES") && { id: "rules", label: t.partRules },
    can("MANAGE_TENANT_SETTINGS") && { id: "pace", label: t.partPace },
    can("MANAGE_TENANT_SETTINGS") && { id: "hours", label: t.partHours },
  ].filter((part) => part !== false);
  const at = parts.find((part) => part.id === rest) ?? parts[0];
  const to = (id: string) => (id ? `${ROOT}/${id}` : ROOT);
  return (
    <Page key={at?.id} title={t.placeAutonomy}>
      {parts.length > 1 && (
        <PartTabs
          label={t.autonomyParts}
          at={to(at?.id ?? "")}
          parts={parts.map((part) => ({ ...part, to: to(part.id) }))}
        />
      )}
      {at?.id === "" && <OverviewPart />}
      {at?.id === "replay" && <ReplayPart />}
      {at?.id === "reviews" && <ReviewsPart />}
      {at?.id === "rules" && <RulesPart />}
      {at?.id === "pace" && <PacePart />}
      {at?.id === "hours" && <HoursPart />}
    </Page>
  );
}
