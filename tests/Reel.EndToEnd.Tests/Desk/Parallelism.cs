// Most of these tests wait most of the time, for renders, retries and doubts to end.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
