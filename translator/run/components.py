"""Strongly connected components of a graph in compact lists: Tarjan's algorithm without recursion.

A library's (scipy, igraph, rustworkx were measured) gains nothing where the graph comes from Python: handing
it over takes as long as this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence


class Edges:
    """A directed graph: the edges of node `n` are those numbered from `first[n]` to before `first[n + 1]`,
    and `target` has where each leads.  `banned` marks nodes' edges that count no more."""

    __slots__ = ("banned", "first", "target")

    def __init__(self, first: Sequence[int], target: Sequence[int]) -> None:
        self.first = first
        self.target = target
        self.banned = bytearray(len(target))

    def __len__(self) -> int:
        return len(self.first) - 1


class Components:
    """Finds strongly connected components of parts of one graph, again and again."""

    def __init__(self, edges: Edges) -> None:
        self.edges = edges
        # A node belongs to the part that is looked at where its mark is that of the part.
        self.mark = [0] * len(edges)
        self.part = 0
        self.index = [0] * len(edges)
        self.low = [0] * len(edges)

    def of(self, nodes: Sequence[int]) -> Iterator[list[int]]:
        """The components of the graph that these nodes and the edges between them make.

        All are found before the first is handed out, so that they can be taken apart in turn.
        """
        self.part += 1
        part, mark, index, low = self.part, self.mark, self.index, self.low
        first, target, banned = self.edges.first, self.edges.target, self.edges.banned
        for node in nodes:
            mark[node] = part
            index[node] = 0
        found: list[list[int]] = []
        at: dict[int, int] = {}
        stack: list[int] = []
        count = 0
        for root in nodes:
            if index[root]:
                continue
            count += 1
            index[root] = low[root] = count
            stack.append(root)
            work = [root]
            at[root] = first[root]
            while work:
                node = work[-1]
                here = at[node]
                end = first[node + 1]
                lowest = low[node]
                while here < end:
                    other = target[here]
                    if mark[other] != part or banned[here]:
                        here += 1
                        continue
                    here += 1
                    known = index[other]
                    if not known:
                        at[node] = here
                        low[node] = lowest
                        count += 1
                        index[other] = low[other] = count
                        stack.append(other)
                        work.append(other)
                        at[other] = first[other]
                        break
                    if known < lowest:
                        lowest = known
                else:
                    low[node] = lowest
                    work.pop()
                    del at[node]
                    if work and lowest < low[work[-1]]:
                        low[work[-1]] = lowest
                    if lowest == index[node]:
                        component: list[int] = []
                        while True:
                            other = stack.pop()
                            mark[other] = 0
                            component.append(other)
                            if other == node:
                                break
                        found.append(component)
        return iter(found)
