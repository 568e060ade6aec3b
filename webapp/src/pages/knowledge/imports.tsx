import type { Import } from "../../api/types";
import { useGo } from "../../app/leave-guard";
import { Page, RowLink } from "../../app/page";
import { problemText } from "../../app/problem-text";
import { useNow } from "../../app/use-now";
import { Button, PagedList, Placeholder, RowText, Tag } from "../../ui";
import type { Mood } from "../../ui/figures";
import { IMPORTS, KnowledgeTabs, PRODUCTS } from "./parts";
import { useImports } from "./queries";
import { useSpeech } from "./words";

const MOODS: Readonly<Record<Import["state"], Mood>> = {
  uploaded: "wait",
  previewed: "wait",
  applying: "wait",
  done: "good",
  failed: "bad",
  cancelled: "plain",
};

/** What was brought in from files, and what waits for a yes. */
export function ImportsPage() {
  const { t, format } = useSpeech();
  const go = useGo();
  const now = useNow(60_000);
  const list = useImports();
  return (
    <Page title={t.placeKnowledge}>
      <KnowledgeTabs at={IMPORTS} />
      <div className="page-gap">
        <PagedList
          list={list}
          label={t.partImports}
          failure={problemText(t, list.error)}
          keyOf={(item) => item.id}
          empty={
            <Placeholder icon="upload" title={t.noImportsTitle} text={t.noImportsText}>
              <Button kind="main" size="l" onClick={() => go(`${PRODUCTS}/import`)}>
                {t.firstProducts}
              </Button>
            </Placeholder>
          }
        >
          {(item) => (
            <RowLink to={`${IMPORTS}/${item.id}`}>
              <RowText
                title={item.file_name}
                text={[
                  t.importKind[item.kind],
                  t.importBy(item.created_by.name, format.stamp(new Date(item.created_at), now)),
                ].join(" · ")}
                end={<Tag mood={MOODS[item.state]}>{t.importState[item.state]}</Tag>}
              />
            </RowLink>
          )}
        </PagedList>
      </div>
    </Page>
  );
}
