"""Many behaviours: `sampling` says where they begin, `estimates` what they tell, `study` takes enough.

`exact` takes all there are instead, and `steady` one behaviour that goes on and on. `compared` sets policies
side by side, and costs that are halved and doubled; `costing` does all of it for a model. `bounds` looks at
all interleavings instead, without any cost. `required` says whether figures are as they have to be.
"""
