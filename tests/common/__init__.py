"""What several rooms of tests share. No test imports another test, nor a conftest.

`databases`: to clone, and to empty. `worlds/`: accounts with a story, by what they are about.
`reports/`: report files as the marketplaces write them. `serving/`: dashboards, servers and whom
they talk to. `rights/`: who may do what. What one room alone needs stands in that room.
"""
