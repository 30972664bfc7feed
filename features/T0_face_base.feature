@T0 @R1 @R2 @R3
Feature: The face base keeps the photos of every person
  Description: People sit before a webcam; each person is a class; their photos are saved and given
    back. Nothing can be learnt from a face base that loses photos, so this comes before all else.
  Constraints: A folder that can be written to. The photos are recorded frames of fictional people,
    so that nobody has to sit before the camera; a live camera may take their place.
  Dependencies: None.
  Inputs: The recorded gallery of 230 photos of 11 people; files that are no photos.
  Expected results: Every photo comes back as it was taken; what is no photo is refused by name.
  Validation criteria: At least 2 people with at least 8 photos each; no file missing, damaged or
    added; no pixel changed; nothing lost when a file is refused.
  Observed in 2019: Photos were kept by a PHP server on WAMP; nobody counted what came back.

  Scenario: The recording is whole
    Then no recorded file is missing, damaged or an orphan

  Scenario: There are enough people and photos to learn from
    Given all photos of the gallery
    Then there are photos of at least 2 people
    And every person has at least 8 photos

  Scenario: The recorded gallery is the book's
    Given all photos of the gallery
    Then there are 230 photos of 11 people in it
    And there are 103 photos of Alex, Amine, Lara and Naomie in it

  Scenario: Photos are saved and given back
    Given the photos of Lara and Naomie
    When they are saved in a new gallery
    Then every photo is given back pixel for pixel

  Scenario Outline: What is no photo is refused by name and nothing is lost
    Given the first 4 photos of the gallery
    And a gallery that keeps them
    When <file> is handed in as a photo of Alex
    Then it is refused by name
    And every photo is given back pixel for pixel

    Examples:
      | file            |
      | a text          |
      | an empty file   |
      | half of a photo |
