import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Router } from "wouter";
import { Problem } from "../api/problem";
import type { Session } from "../api/session";
import { guessLanguage, type Language, Speaking } from "../i18n";
import type { Telegram } from "../telegram";
import { appearance, onAppearance } from "../telegram/theme";
import { AppFrame, Notices } from "../ui";
import { Failsafe } from "./failsafe";
import { Gate } from "./gate";

function makeQueries(): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        // The socket says when something changed; a gap in it refetches everything.
        staleTime: 60_000,
        retry: (count, error) => error instanceof Problem && error.uncertain && count < 2,
      },
    },
  });
  // What a person has begun here is kept as long as they stay signed in.
  queries.setQueryDefaults(["kept"], { gcTime: Number.POSITIVE_INFINITY });
  return queries;
}

export function App(props: { session: Session; telegram: Telegram; linkToken: string | null }) {
  const [queries] = useState(makeQueries);
  const [language, setLanguage] = useState<Language>(() =>
    guessLanguage(props.telegram.languageCode),
  );
  const look = useSyncExternalStore(onAppearance, appearance);
  useEffect(() => () => queries.clear(), [queries]);
  return (
    <Speaking language={language}>
      <AppFrame appearance={look} ios={props.telegram.ios}>
        <Failsafe>
          <QueryClientProvider client={queries}>
            <Notices>
              <Router base="/app">
                <Gate
                  session={props.session}
                  linkToken={props.linkToken}
                  startParam={props.telegram.startParam}
                  onLanguage={setLanguage}
                />
              </Router>
            </Notices>
          </QueryClientProvider>
        </Failsafe>
      </AppFrame>
    </Speaking>
  );
}
