// Suanli.swift: the command's root.

import ArgumentParser

@main
struct Suanli: ParsableCommand {}
