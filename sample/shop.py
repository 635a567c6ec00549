"""One channel's daily business, as the story tellers see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sample.chance import Chance, growth
from sample.model import Market, Product


@dataclass(frozen=True)
class Shop:
    """A channel, what it sells, and the chance that rules its days."""

    market: Market
    products: tuple[Product, ...]
    today: date
    chance: Chance

    def popular(self, among: Sequence[Product] = ()) -> Product:
        """A product, those that sell well more often."""
        things = among or self.products
        return self.chance.weighted(things, [product.popularity for product in things])

    def centre(self) -> str:
        """One of the channel's fulfilment centres."""
        return self.chance.one_of(self.market.centres)

    def busy_days(self, a_day: float) -> Iterator[date]:
        """Each reported day, as often as something happens on it that the largest channel has
        `a_day` times on an average day."""
        day = self.market.first_day
        while day <= self.market.last_day:
            expected = a_day * self.market.share / 100 * growth((self.today - day).days)
            for _ in range(self.chance.about(expected)):
                yield day
            day += timedelta(days=1)

    def some_day(self, youngest: int, oldest: int) -> date:
        """A reported day, counted back from the last one, busier days more often."""
        last = self.market.last_day
        oldest = min(oldest, (last - self.market.first_day).days)
        return last - timedelta(days=self.chance.age(youngest, oldest))

    def of_size(self, count: int) -> int:
        """A count of the largest channel at this channel's size; at least one."""
        return max(1, (count * self.market.share + 50) // 100)
