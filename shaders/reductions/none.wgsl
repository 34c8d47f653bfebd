// An op that maps each element and sums nothing.

alias Sums = RowF32;
