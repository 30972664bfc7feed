@T1 @after:T0
Feature: A low learning rate hardly learns
  Description: Train with a low learning rate. Each update moves the weights a little against the
    gradient of the loss; where the rate is very small, so is the progress.
  Constraints: The face base gives the photos back (T0). No one has to sit before the camera.
  Dependencies: T0; photos of 4 people, two men who look alike and two women who look alike.
  Inputs: Learning rate 0.001; 4 people, 103 photos; the other parameters are the basic ones
    (20 epochs, batches of 16, weights drawn by glorot_uniform, embeddings of norm 3); 49 probes,
    frames of the same people that were never trained on.
  Expected results: Accuracy and loss hardly progress. The accuracy varies strongly from update to
    update, the loss falls, but weakly, and many probes are answered wrong.
  Validation criteria: The loss falls at every epoch, in all by 1 % to 10 %; the accuracy changes by
    at least 0.08 an update and is under 0.7 in the first half, with 0.25 at chance; at least 30 %
    errors, as far as 49 probes can tell.
  Observed in 2019: Accuracy varied strongly; loss fell weakly. Of 49 answers 15 were wrong (30.6 %):
    Alex 10 of 10 right, Amine 22 of 22, Lara 2 of 4 (2 taken for Alex), Naomie 0 of 13 (8 taken for
    Amine, 5 for Alex). Live, the two men were confused, above all when glasses were put on.

  Background:
    Given the photos of Alex, Amine, Lara and Naomie
    And the basic parameters with a learning rate of 0.001
    When the classifier is trained

  @R4 @R5 @R9 @R10
  Scenario: The loss falls, but weakly
    Then the loss falls at every epoch
    And in all it falls by at least 1 % and at most 10 %

  @R5 @R10
  Scenario: The accuracy varies strongly and hardly progresses
    Then from update to update the accuracy changes by at least 0.08 on average
    And on average over the first half of the epochs the accuracy is under 0.7

  @R7 @R10
  Scenario: A large share of the probes is answered wrong
    When it is asked about the 49 probes of T1
    Then as far as 49 probes can tell, at least 30 % of them are answered wrong

  @R7 @R10
  Scenario: The two men are confused with each other, glasses or not
    When it is asked about the twins, with and without glasses
    Then Alex and Amine are taken for each other on at least 10 % of the frames, with glasses and without

  @R8
  Scenario: A photo before the webcam is answered as the photo
    Then 12 photos held before the webcam are answered as when asked, within 0.00001

  @R4 @R5
  Scenario: The history at a low rate can be trusted
    Then 140 values are drawn
    And every epoch sees each photo once
    And no epoch repeats the order of another
    And the photos come in an order as chance gives it, at a level of 1 %
    And the first value lies within 0.35 of the loss at chance
    And the learning rate used is the one shown, within 1 %
    And every loss and accuracy is the one calculated again
    And its answers to the photos are those that its updates lead to, within 0.00001
    And replicates of different seeds differ, those of one seed do not
    And every accuracy is a whole number of photos out of its batch
    And every value is finite and no loss is negative
