import { useSignedIn } from "../../app/context";
import type { PlaceProps } from "../../app/places";
import { DocumentEditor } from "./document-editor";
import { DocumentsPage } from "./documents";
import { ImportPage, ImportStart } from "./import";
import { ImportsPage } from "./imports";
import { IndexPage } from "./index-page";
import "./knowledge.css";
import { ProductEditor } from "./product-editor";
import { ProductsPage } from "./products";

/** `documents`, `documents/<id>`, `documents/new`, `documents/import`; `products` likewise. */
export default function KnowledgePage({ rest }: PlaceProps) {
  const { can } = useSignedIn();
  const first = can("MANAGE_KNOWLEDGE_BASE") ? "documents" : "products";
  const [part = first, id = ""] = rest ? rest.split("/") : [];
  switch (part) {
    case "products":
      if (!id) return <ProductsPage />;
      return id === "import" ? <ImportStart kind="products" /> : <ProductEditor key={id} id={id} />;
    case "imports":
      return id ? <ImportPage key={id} id={id} /> : <ImportsPage />;
    case "search":
      return <IndexPage />;
    default:
      if (!id) return <DocumentsPage />;
      return id === "import" ? (
        <ImportStart kind="documents" />
      ) : (
        <DocumentEditor key={id} id={id} />
      );
  }
}
