import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Nav } from "../src/app/nav";
import { PLACES, type Place, parentOf, placeOf } from "../src/app/places";

test("an address leads to its place, and Back one level up", () => {
  expect(placeOf("/conversations/7").rest).toBe("7");
  expect(placeOf("/knowledge/products/7")).toMatchObject({ rest: "products/7" });
  expect(placeOf("/settings").place.to).toBe("/settings");
  expect(placeOf("/knowledgeable").place.to).toBe("/");
  expect(parentOf("/")).toBeNull();
  expect(parentOf("/conversations/7")).toBe("/");
  expect(parentOf("/knowledge/products/7")).toBe("/knowledge/products");
  expect(parentOf("/knowledge/products")).toBe("/");
  expect(parentOf("/settings")).toBe("/");
});

test("on a phone the places that do not fit fold into one", async () => {
  const more: Place[] = ["/a", "/b"].map((to) => ({
    ...(PLACES[0] as Place),
    to,
    label: () => `Место ${to}`,
  }));
  const seven = [...PLACES, ...more];
  render(<Nav places={seven} here={seven[6] as Place} />);
  const fold = screen.getByRole("button", { name: "Ещё" });
  expect(fold.dataset.current).toBe("true");
  await userEvent.click(fold);
  const folded = within(screen.getByRole("dialog")).getAllByRole("link");
  expect(folded.map((link) => link.textContent)).toEqual(["Настройки", "Место /a", "Место /b"]);
});
